/**
 * Two of the server's packages are native code that npm has no binaries of: building them takes half a minute and needs g++, make and Python,
 * which a machine that only wants to look at Pocker need not have. What the server needs of them is little.
 */

/** Log files. Lines are in the file when a call returns: tests read them while the editor runs. They are not rotated. */
export const spdlog = `'use strict'
const { appendFileSync, mkdirSync } = require('node:fs')
const { dirname } = require('node:path')

class Logger {
  #file
  #level = 0
  #isPlain = false

  constructor(_type, _name, file) {
    this.#file = file
    mkdirSync(dirname(file), { recursive: true })
  }
  #write(level, name, message) {
    if (level < this.#level) return
    appendFileSync(this.#file, this.#isPlain ? message : new Date().toISOString() + ' [' + name + '] ' + message + '\\n')
  }
  trace(message) { this.#write(0, 'trace', message) }
  debug(message) { this.#write(1, 'debug', message) }
  info(message) { this.#write(2, 'info', message) }
  warn(message) { this.#write(3, 'warning', message) }
  error(message) { this.#write(4, 'error', message) }
  critical(message) { this.#write(5, 'critical', message) }
  getLevel() { return this.#level }
  setLevel(level) { this.#level = level }
  setPattern() {}
  clearFormatters() { this.#isPlain = true }
  flush() {}
  drop() {}
}

async function createLogger(name, file) {
  return new Logger('rotating', name, file)
}

// One by one, so that import() finds the names.
exports.version = 0
exports.setLevel = () => {}
exports.setFlushOn = () => {}
exports.Logger = Logger
exports.createRotatingLogger = createLogger
exports.createAsyncRotatingLogger = createLogger
`

/** Ends a process whose parent is gone, even when it hangs. The server's processes look for their parent themselves, once a second. */
export const watchdog = `'use strict'
exports.start = () => {}
exports.exit = (code) => process.exit(code || 0)
`
