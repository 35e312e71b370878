/** A client of an engine that can be started: what finds nobody there has it started and asks again. */
import type { EngineClient } from '../client/engine-client.ts'
import { codeOf } from '../client/engine-problem.ts'

/** `wake` resolves to whether the engine is there now; its errors are those of the request. */
export function wakingClient(client: EngineClient, wake: () => Promise<boolean>): EngineClient {
  const attempt = async <T>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request()
    } catch (error) {
      if (codeOf(error) !== 'engine-not-there' || !(await wake())) throw error
      return await request()
    }
  }
  return {
    ask: (...request) => attempt(() => client.ask(...request)),
    tell: (...request) => attempt(() => client.tell(...request)),
    head: (...request) => attempt(() => client.head(...request)),
    hijack: (...request) => attempt(() => client.hijack(...request)),
    // An input is used up by the first attempt.
    stream: (method, path, request) =>
      request?.input === undefined ? attempt(() => client.stream(method, path, request)) : client.stream(method, path, request),
    async *lines(...request) {
      let isBegun = false
      try {
        for await (const line of client.lines(...request)) {
          isBegun = true
          yield line
        }
      } catch (error) {
        if (isBegun || request[3]?.input !== undefined || codeOf(error) !== 'engine-not-there' || !(await wake())) throw error
        yield* client.lines(...request)
      }
    },
  }
}
