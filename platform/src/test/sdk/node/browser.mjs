// @segment/analytics-next in Chromium, on a page of another origin than the platform: makes the calls and answers with
// the events that the SDK made of them and with every request that the browser sent.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { answer, job } from './job.mjs'

const { page: pageName, chromium: executablePath, calls, eventsBefore, posts, ...rest } = job()
const packages = createRequire(import.meta.url)
const snippet = packages('@segment/snippet')

const HEAD = '<!doctype html><title>Shop</title><link rel="icon" href="data:,">'
const script = (text) => `<script>${text}</script>`
const pages = {
  // As an application that bundles the package does.
  bundle: ({ writeKey, cdnURL, options }) =>
    `<script src="/index.js"></script>` +
    script(`window.analytics = AnalyticsNext.AnalyticsBrowser.load(
      ${JSON.stringify({ writeKey, cdnURL })}, ${JSON.stringify(options)})`),
  // As a website that pastes the snippet. It knows https only, and without https the SDK does not see where it came from:
  // hence the other scheme, and _cdn.
  snippet: ({ writeKey, cdnURL, options }, host) =>
    script(`window.analytics = Object.assign([], { _cdn: ${JSON.stringify(cdnURL)} })`) +
    script(snippet.min({ apiKey: writeKey, host, load: options, page: false }).replace('"https://', '"http://')),
}

const dist = packages.resolve('@segment/analytics-next').replace(/dist.*/, 'dist/umd/')
const server = createServer((request, response) => {
  const file = request.url === '/index.js' ? 'index.js' : request.url.endsWith('.min.js') ? 'standalone.js' : null
  response.setHeader('Content-Type', file ? 'text/javascript' : 'text/html; charset=utf-8')
  response.end(file ? readFileSync(dist + file) : HEAD + pages[pageName](rest, request.headers.host))
}).listen(0, '127.0.0.1')

const browser = await chromium.launch({
  executablePath,
  headless: true,
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
try {
  const page = await browser.newPage()
  page.on('console', (message) => console.error(message.text()))
  const requests = await recordRequests(page)
  await page.goto(`http://127.0.0.1:${server.address().port}/shop`)
  await page.evaluate(() => new Promise((resolve) => analytics.ready(resolve)))
  if (eventsBefore) await send(eventsBefore, rest)
  const events = await page.evaluate(makeCalls, { calls })
  await delivered(requests)
  answer({ events, requests: [...requests.values()] })
} finally {
  await browser.close()
  server.close()
}

// Through the protocol of the developer tools, since preflights are seen nowhere else.
async function recordRequests(page) {
  const requests = new Map()
  const session = await page.context().newCDPSession(page)
  session.on('Network.requestWillBeSent', ({ requestId, request, type, timestamp }) => {
    const { method, url, headers } = request
    requests.set(requestId, { method, url, headers, type, seconds: timestamp })
  })
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const { status, headers } = response
    Object.assign(requests.get(requestId) ?? {}, { status, responseHeaders: headers })
  })
  await session.send('Network.enable')
  return requests
}

// Events of the same source that go no further, all in one request: they use up for a while what is taken of it.
async function send(count, { writeKey, cdnURL }) {
  const event = { type: 'track', event: 'Sent Before', anonymousId: 'somebody-else', integrations: { All: false } }
  const response = await fetch(`${cdnURL}/v1/batch`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ writeKey, batch: Array(count).fill(event) }),
  })
  if (response.status !== 200) throw new Error(`the events before were answered ${response.status}`)
}

// The SDK resolves a call that has to be repeated before it repeats it.
async function delivered(requests) {
  const isDelivered = ({ method, status }) => method === 'POST' && status === 200
  const deadline = Date.now() + 60_000
  while ([...requests.values()].filter(isDelivered).length < posts && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

// Runs in the page.
async function makeCalls({ calls }) {
  const make = {
    alias: ({ userId, previousId }) => analytics.alias(userId, previousId),
    identify: ({ userId, traits }) => analytics.identify(userId, traits),
    track: ({ event, properties }) => analytics.track(event, properties),
    page: ({ category, name, properties }) => analytics.page(category, name, properties),
    screen: ({ name, properties }) => analytics.screen(name, properties),
    group: ({ groupId, traits }) => analytics.group(groupId, traits),
  }
  const events = []
  for (const call of calls) {
    events.push((await make[call.type](call)).event)
  }
  return JSON.parse(JSON.stringify(events))
}
