// What the test wants done, as one JSON document on standard input; what came of it, as one on standard output.
import { readFileSync } from 'node:fs'

export const job = () => JSON.parse(readFileSync(0, 'utf8'))

export const answer = (result) => process.stdout.write(JSON.stringify(result))
