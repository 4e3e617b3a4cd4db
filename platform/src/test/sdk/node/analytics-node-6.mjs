// analytics-node 6, the SDK before @segment/analytics-node: makes the calls and answers with the events it sent.
import Analytics from 'analytics-node'
import { answer, job } from './job.mjs'

const { endpoint, writeKey, calls } = job()
const analytics = new Analytics(writeKey, { host: endpoint })

const batches = calls.map(
  ({ type, ...call }) =>
    new Promise((resolve, reject) => {
      analytics[type](call, (error, data) => (error ? reject(error) : resolve(data.batch)))
    }),
)
await analytics.flush()
answer([...new Set(await Promise.all(batches))].flat())
