/** Keeps a log's size within its limit from inside the keeper, without moving a byte: old ranges are freed in place. */
import { constants } from 'node:os'
import { flags } from '../../linux/constants.ts'
import { ArgumentPlace, Cell, int32, Label, type Program, type Word } from '../../linux/program.ts'

const zero = int32(0)

export class LogRotation {
  private readonly log: number
  private readonly half: number
  /** Counts down to the next rotation. */
  private readonly remaining: Cell
  /** 0 until the first rotation has marked a position. */
  private readonly marked = int32(0)

  /** `half`: how many bytes to keep at least; 0: no limit. */
  constructor(log: number, half: number) {
    this.log = log
    this.half = half
    this.remaining = int32(half)
  }

  /** Counts the 32-bit word `written`. */
  count(program: Program, written: Word): void {
    if (this.half > 0) program.subtract(this.remaining, written, this.remaining)
  }

  /**
   * When `half` bytes have come since the last time, frees the range before the position of that time, and marks this
   * position, a frame's end, for the next.
   */
  rotateWhenDue(program: Program): void {
    if (this.half === 0) return
    const due = new Label('rotate')
    const mark = new Label('mark')
    const cut = new Label('cut')
    const ready = new Label('rotated')
    const result = int32(0)
    const free = program.prepare('fallocate', [this.log, flags('FALLOC_FL_PUNCH_HOLE', 'FALLOC_FL_KEEP_SIZE'), 0, 0], {
      result,
      onError: cut,
    })
    program.subtract(this.remaining, zero, new Cell(), due)
    program.jump(ready)
    program.label(due)
    program.copy(int32(this.half), this.remaining)
    program.whenEqual(this.marked, zero, mark)
    program.place(free)
    program.jump(mark)
    program.label(cut)
    this.cutWhenUnsupported(program, result)
    program.label(mark)
    // The 64-bit length of the range is stored by lseek itself into the argument of the next rotation's fallocate.
    program.call('lseek', [this.log, 0, flags('SEEK_END')], { result: new ArgumentPlace(free, 3) })
    program.copy(int32(1), this.marked)
    program.label(ready)
  }

  /** A filesystem without holes: begin again with an empty file, as a plain rotation with one file does. */
  private cutWhenUnsupported(program: Program, result: Cell): void {
    const unsupported = new Label('no holes here')
    const other = new Label('another error')
    program.whenEqual(result, int32(-constants.errno.EOPNOTSUPP), unsupported)
    program.jump(other)
    program.label(unsupported)
    program.call('ftruncate', [this.log, 0])
    program.label(other)
  }
}
