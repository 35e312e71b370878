import { constants } from 'node:os'
import { flags, linux } from '../../linux/constants.ts'
import { Cell, int32, Label, type Pointer, struct } from '../../linux/program.ts'
import { descriptor, type Plan } from '../launch/plan.ts'
import type { Process } from '../oci.ts'
import type { Pipe } from './prepare.ts'

/**
 * Opens a new terminal of the container's own devpts, sends its master out through `socket`, and puts the other end on 0, 1 and 2. The peer comes from the master itself (TIOCGPTPEER), never from a path in
 * /dev/pts that the container could have replaced (CVE-2025-52565).
 */
export function openTerminal(plan: Plan, process: Process, at: { root: Cell; socket: Cell }): Cell {
  plan.step('openTerminal')
  const master = plan.openBeneath(at.root, 'dev/pts/ptmx', flags('O_RDWR', 'O_NOCTTY', 'O_CLOEXEC'), {
    ordinary: true,
    result: descriptor('terminal master'),
  })
  plan.call('ioctl', [master.value, flags('TIOCSPTLCK'), new Cell(8)])
  const peer = plan.call('ioctl', [master.value, flags('TIOCGPTPEER'), flags('O_RDWR', 'O_NOCTTY', 'O_CLOEXEC')], {
    result: descriptor('terminal'),
  })
  if (process.consoleSize !== undefined) plan.call('ioctl', [master.value, flags('TIOCSWINSZ'), windowSize(process.consoleSize)])
  sendDescriptor(plan, master, at.socket)
  for (const fd of [0, 1, 2]) plan.call('dup3', [peer.value, fd, 0])
  plan.call('fchown', [0, process.user.uid, -1])
  return peer
}

/** Makes the terminal on 0 the controlling one of a session of this process's own. */
export function leadSession(plan: Plan): void {
  plan.call('setsid', [])
  plan.call('ioctl', [0, flags('TIOCSCTTY'), 0])
}

/** The kernel's struct winsize: rows, columns, and no pixels. */
export function windowSize(size: { readonly width: number; readonly height: number }): Uint8Array {
  return new Uint8Array(new Uint16Array([size.height, size.width, 0, 0]).buffer)
}

/** `/dev/console` is the container's terminal. */
export function createConsole(plan: Plan, root: Cell, terminal: Cell): void {
  const target = plan.makeFile(root, 'dev/console')
  plan.moveMount(plan.cloneMount(terminal, '', { recursive: false }), target)
}

const CONTROL_LENGTH = 24 // cmsghdr of 16 bytes, one descriptor, padding

/** Sends a descriptor out through a socket, and closes the socket. */
export function sendDescriptor(plan: Plan, fd: Cell, socket: Cell): void {
  const control = controlMessage()
  plan.program.copy(fd, control.at(16))
  plan.call('sendmsg', [socket.value, messageHeader(control), 0])
  plan.call('close', [socket.value])
}

/** Receives what `sendDescriptor` sent, in the process that made the sockets. A sender that was killed before it sent is an error. */
export function receiveDescriptor(plan: Plan, sockets: Pipe, received: Cell): void {
  const { program } = plan
  const [nothing, done] = [new Label('no terminal came'), new Label('the terminal came')]
  const control = controlMessage()
  plan.close(sockets.write) // or, with the sender gone, this would wait for ever
  plan.call('recvmsg', [sockets.read.value, messageHeader(control), flags('MSG_CMSG_CLOEXEC')], { onZero: nothing })
  program.copy(control.at(16), received)
  program.jump(done)
  program.label(nothing)
  program.place(program.prepare('subtract', [killed, zero]))
  program.label(done)
}

const zero = int32(0)
const killed = new Cell(new Uint8Array(new Int32Array([-constants.errno.ESRCH, 0]).buffer), [], 'killed while it started')

function controlMessage(): Cell {
  const control = new Cell(CONTROL_LENGTH)
  const view = new DataView(control.bytes.buffer)
  view.setBigUint64(0, 20n, true)
  view.setInt32(8, linux.SOL_SOCKET, true)
  view.setInt32(12, linux.SCM_RIGHTS, true)
  return control
}

function messageHeader(control: Cell): Cell {
  const pointers: Pointer[] = []
  const data = struct([new Cell(8), 1])
  const header = new Uint8Array(56)
  pointers.push({ offset: 16, to: data }, { offset: 32, to: control })
  const view = new DataView(header.buffer)
  view.setBigUint64(24, 1n, true) // one iovec
  view.setBigUint64(40, BigInt(CONTROL_LENGTH), true)
  return new Cell(header, pointers)
}
