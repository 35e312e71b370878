/**
 * The interpreter that runs a launch program: the only machine code in the project.
 *
 * An entry is ten 64-bit words: call number, six arguments, where to store the result, where to go on zero,
 * where to go on a negative result (0: the next entry). Number -1 ends; any other negative number subtracts
 * two 32-bit words instead of calling. It touches no stack between its first and last instruction, no libc
 * and no V8, so it may run in a vfork child that shares this process's memory.
 *
 * The listings are the source; `interpreter.test.ts` assembles them and compares with the bytes.
 */

export type Architecture = 'x64' | 'arm64'

export const ENTRY_SIZE = 80
export const RESULT_WORD = 7
export const ON_ZERO_WORD = 8
export const ON_ERROR_WORD = 9
export const END = -1
export const SUBTRACT = -2

export interface Interpreter {
  readonly listing: string
  readonly bytes: Uint8Array
}

const x64: Interpreter = {
  listing: `
.intel_syntax noprefix
run:        push  rbx
            mov   rbx, rdi              # rbx: the entry
next:       mov   rax, [rbx]
            cmp   rax, -1
            je    done
            mov   rdi, [rbx+8]
            mov   rsi, [rbx+16]
            test  rax, rax
            js    subtract
            mov   rdx, [rbx+24]
            mov   r10, [rbx+32]
            mov   r8, [rbx+40]
            mov   r9, [rbx+48]
            syscall
store:      mov   rcx, [rbx+56]
            mov   [rcx], rax
            test  rax, rax
            js    negative
            jnz   advance
            mov   rcx, [rbx+64]
            jmp   branch
negative:   mov   rcx, [rbx+72]
branch:     test  rcx, rcx
            jz    advance
            mov   rbx, rcx
            jmp   next
advance:    add   rbx, 80
            jmp   next
subtract:   mov   eax, [rdi]
            sub   eax, [rsi]
            cdqe
            jmp   store
done:       pop   rbx
            ret
`,
  bytes: Buffer.from(
    '534889fb488b034883f8ff744f488b7b08488b73104885c0783a488b53184c8b' +
      '53204c8b43284c8b4b300f05488b4b384889014885c078087514488b4b40eb04' +
      '488b4b484885c974054889cbebb64883c350ebb08b072b064898ebd05bc3',
    'hex',
  ),
}

const arm64: Interpreter = {
  listing: `
run:        str   x19, [sp, #-16]!
            mov   x19, x0               // x19: the entry
next:       ldr   x8, [x19]
            cmn   x8, #1
            b.eq  done
            ldp   x0, x1, [x19, #8]
            tbnz  x8, #63, subtract
            ldp   x2, x3, [x19, #24]
            ldp   x4, x5, [x19, #40]
            svc   #0
store:      ldr   x9, [x19, #56]
            str   x0, [x9]
            tbnz  x0, #63, negative
            cbnz  x0, advance
            ldr   x9, [x19, #64]
            b     branch
negative:   ldr   x9, [x19, #72]
branch:     cbz   x9, advance
            mov   x19, x9
            b     next
advance:    add   x19, x19, #80
            b     next
subtract:   ldr   w0, [x0]
            ldr   w1, [x1]
            sub   w0, w0, w1
            sxtw  x0, w0
            b     store
done:       ldr   x19, [sp], #16
            ret
`,
  bytes: Buffer.from(
    'f30f1ff8f30300aa680240f91f0500b1e0020054608640a90802f8b7628e41a9' +
      '649642a9010000d4691e40f9200100f98000f8b7e00000b5692240f902000014' +
      '692640f9690000b4f30309aaefffff1773420191edffff17000040b9210040b9' +
      '0000014b007c4093f0ffff17f30741f8c0035fd6',
    'hex',
  ),
}

export const interpreters: Readonly<Record<Architecture, Interpreter>> = { x64, arm64 }

/** The architecture this process runs on; the start-up check in `probe.ts` refuses others before this is used. */
export const architecture: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
