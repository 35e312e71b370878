/** Native memory and the one way into native code. The only file of the project that imports koffi. */
import koffi, { type KoffiFunc } from 'koffi'
import { architecture, interpreters } from './interpreter.ts'

const PROT_READ = 1
const PROT_WRITE = 2
const PROT_EXEC = 4
const MAP_PRIVATE_ANONYMOUS = 0x22
const PAGE = 4096

const libc = koffi.load('libc.so.6')
const mmap = libc.func('int64_t mmap(void *addr, size_t length, int prot, int flags, int fd, int64_t offset)')
const mprotect = libc.func('int mprotect(int64_t addr, size_t length, int prot)')
const mallocTrim = libc.func('int malloc_trim(size_t pad)')
const runPrototype = koffi.proto('void run_launch_program(int64_t entry)')

/** Memory outside V8's heap at an address that never changes. */
export interface Arena {
  readonly address: number
  readonly bytes: Uint8Array
}

/** Maps `size` bytes (rounded up to pages), zeroed, never freed: callers keep and reuse their arena. */
export function mapArena(size: number): Arena {
  const length = Math.ceil(size / PAGE) * PAGE
  const address = Number(mmap(null, length, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0))
  if (address <= 0) throw new Error(`map ${length} bytes: ${koffi.errno()}`)
  return { address, bytes: new Uint8Array(koffi.view(BigInt(address), length) as ArrayBuffer) }
}

function mapInterpreter(): bigint {
  const page = mapArena(PAGE)
  page.bytes.set(interpreters[architecture].bytes)
  // Written first, executable after: never both, and on arm64 the change of protection makes the kernel sync the caches.
  if (mprotect(page.address, PAGE, PROT_READ | PROT_EXEC) !== 0) throw new Error(`protect code page: ${koffi.errno()}`)
  return BigInt(page.address)
}

const interpreter = mapInterpreter()

/** Runs the launch program whose first entry lies at `entry`, on this thread, until its end entry (0.25 µs on top). */
export function run(entry: number): void {
  koffi.call(interpreter, runPrototype, entry)
}

const decoded = koffi.decode(interpreter, runPrototype) as KoffiFunc<(entry: number) => void>

/** As `run`, on another thread (66 µs on top). Its memory is not to be touched meanwhile. */
export function runAside(entry: number): Promise<void> {
  return new Promise((resolve, reject) => {
    decoded.async(entry, (error: Error | null) => (error === null ? resolve() : reject(error)))
  })
}

/** Gives the C library's free memory back to the kernel, which it does not do by itself. */
export function trimMemory(): void {
  mallocTrim(0)
}
