import type { FakeRoutes } from './fake-engine.ts'

/** A route that answers with messages, as an engine sends them. */
export function progressRoute(...messages: readonly object[]): FakeRoutes[string] {
  return (_, response) => void response.end(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''))
}
