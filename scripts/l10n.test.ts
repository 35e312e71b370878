import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectTexts } from './l10n.ts'

function textsOf(code: string): readonly string[] {
  const { texts, problems } = collectTexts('src/a.ts', code)
  assert.deepEqual(problems, [])
  return texts
}

test('texts in each kind of quotes are collected, with or without values', () => {
  assert.deepEqual(textsOf(`l10n.t('one'); const a = [l10n.t("two's", 1), l10n.t(\`three\`)]`), ['one', "two's", 'three'])
})

test('texts of calls over several lines are collected', () => {
  assert.deepEqual(textsOf(`f(\n  l10n.t(\n    'Stop {0}',\n    name,\n  ),\n)`), ['Stop {0}'])
})

test('escapes are what they stand for', () => {
  assert.deepEqual(textsOf(String.raw`l10n.t('it\'s\n\u2026 \u{1f4e6} \x41 \\')`), ["it's\n\u2026 \u{1f4e6} A \\"])
})

test('calls of other functions are not looked at', () => {
  assert.deepEqual(textsOf(`test('a'); x.t('b'); format('c'); t('d')`), [])
})

for (const call of ['l10n.t(text)', 'l10n.t(`a ${b}`)', "l10n.t('a' + b)", "l10n.t(isOne ? 'a' : 'b')"]) {
  test(`${call} cannot be collected`, () => {
    const { problems } = collectTexts('src/a.ts', `\n\n${call}`)
    assert.match(problems.join(), /^src\/a\.ts:3: the text of l10n\.t\(\) has to be one plain string/)
  })
}
