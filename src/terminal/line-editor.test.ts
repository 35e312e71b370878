import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineEditor } from './line-editor.ts'

function typed(...inputs: string[]) {
  const shown: string[] = []
  const sent: string[] = []
  const editor = new LineEditor({
    echo: (text) => shown.push(text),
    send: (text) => sent.push(text),
    end: () => sent.push('END'),
    interrupt: () => sent.push('INTERRUPT'),
  })
  for (const input of inputs) editor.type(input)
  return { shown: shown.join(''), sent }
}

test('a line is shown as it is typed and sent when it is complete', () => {
  assert.deepEqual(typed('a', 'b', '\r', 'c'), { shown: 'ab\r\nc', sent: ['ab\n'] })
})

test('what is pasted is as many lines as it has', () => {
  assert.deepEqual(typed('\x1b[200~one\rtwo\r\nthree\x1b[201~').sent, ['one\n', 'two\n'])
})

test('the last character is erased, however wide it is', () => {
  assert.deepEqual(typed('aé', '\x7f', '\r').sent, ['a\n'])
  assert.deepEqual(typed('a漢', '\x7f'), { shown: 'a漢\b \b\b \b', sent: [] })
  assert.deepEqual(typed('👩‍👩‍👧', '\x7f', '\x7f', 'x\r').sent, ['x\n'])
})

test('Ctrl+U erases the line, Ctrl+W the last word with the blanks after it', () => {
  assert.deepEqual(typed('one two\x15x\r').sent, ['x\n'])
  assert.deepEqual(typed('one two  \x17x\r').sent, ['one x\n'])
  assert.deepEqual(typed('one\x17\x17x\r').sent, ['x\n'])
  assert.deepEqual(typed('  \x17x\r').sent, ['x\n'])
})

test('Ctrl+D sends what is there, or ends the input, after which nothing is sent', () => {
  assert.deepEqual(typed('ab\x04c\r', '\x04', 'd\r').sent, ['ab', 'c\n', 'END'])
})

test('Ctrl+C drops the line and interrupts, also after the end of the input', () => {
  assert.deepEqual(typed('ab\x03', 'c\r', '\x04', '\x03').sent, ['INTERRUPT', 'c\n', 'END', 'INTERRUPT'])
})

test('keys that mean nothing here do nothing', () => {
  assert.deepEqual(typed('a\x1b[A\x1b[1;5C\x1bOP\x1b\x01b\r').sent, ['ab\n'])
})
