// @segment/analytics-node: makes the calls and answers with the events that the SDK made of them.
import { Analytics } from '@segment/analytics-node'
import { answer, job } from './job.mjs'

const { endpoint, writeKey, calls } = job()
const analytics = new Analytics({ writeKey, host: endpoint })
analytics.on('error', (error) => console.error(error))

const contexts = calls.map(
  ({ type, ...call }) =>
    new Promise((resolve, reject) => {
      analytics[type](call, (error, context) => (error ? reject(error) : resolve(context)))
    }),
)
await analytics.closeAndFlush({ timeout: 20_000 })
answer((await Promise.all(contexts)).map((context) => context.event))
