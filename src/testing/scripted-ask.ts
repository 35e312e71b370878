/** A user who follows a script. */
import assert from 'node:assert/strict'
import type { Ask, InputQuestion, PickAnswer, PickQuestion } from '../ask/ask.ts'

/** One answer: a row's id, `back`, `leave`, `text …` for an input box, `button …` for a row's button, `many a,b` for ticked rows, `yes` and `no`. */
export type Script = readonly string[]

export interface ScriptedAsk extends Ask {
  readonly asked: readonly PickQuestion[]
  /** What was to be confirmed, or offered, or was only said. */
  readonly said: readonly string[]
  readonly copied: readonly string[]
  /** The part of the script that was not needed. */
  readonly rest: readonly string[]
}

/** Answers in the order of the script; a question too much fails the test. */
export function scriptedAsk(script: Script): ScriptedAsk {
  const rest = [...script]
  const asked: PickQuestion[] = []
  const said: string[] = []
  const copied: string[] = []
  const next = (what: string) => rest.shift() ?? assert.fail(`not in the script: ${what}`)
  return {
    asked,
    said,
    copied,
    rest,
    pick: async (question) => {
      asked.push(question)
      return readPick(question, next(question.title))
    },
    pickMany: async (question) => {
      asked.push(question)
      const answer = next(question.title)
      return answer === 'leave' ? undefined : answer.slice('many '.length).split(',')
    },
    input: async (question) => readInput(question, next(question.title)),
    confirm: async ({ text, detail }) => {
      said.push(`${text} ${detail}`)
      return next(text) === 'yes'
    },
    offer: async (text) => {
      said.push(text)
      return next(text) === 'yes'
    },
    tell: (text) => void said.push(text),
    copy: async (text) => {
      copied.push(text)
    },
  }
}

function readPick(question: PickQuestion, answer: string): PickAnswer {
  if (answer === 'back') return { kind: 'back' }
  if (answer === 'leave') return { kind: 'left' }
  if (answer.startsWith('button ')) return { kind: 'button', id: answer.slice(7), button: 'remove' }
  const typed = answer.startsWith('typed ') ? question.typed?.(answer.slice(6))?.id : answer
  assert.ok(typed !== undefined && (answer !== typed || question.rows.some((row) => 'id' in row && row.id === typed)), `no row "${answer}"`)
  return { kind: 'picked', id: typed }
}

function readInput(question: InputQuestion, answer: string): string | undefined {
  if (answer === 'leave') return undefined
  assert.match(answer, /^text/)
  const text = answer.slice(5)
  assert.equal(question.check?.(text), undefined)
  return text
}
