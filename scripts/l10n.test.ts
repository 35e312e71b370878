import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectTexts } from './l10n.ts'

const header = "import { t } from '../text/l10n.ts'\n"

function textsOf(code: string): readonly string[] {
  const { texts, problems } = collectTexts('src/a.ts', header + code)
  assert.deepEqual(problems, [])
  return texts
}

test('texts in each kind of quotes are collected, with or without values', () => {
  assert.deepEqual(textsOf(`t('one'); const a = [t("two's", 1), t(\`three\`)]`), ['one', "two's", 'three'])
})

test('texts of calls over several lines are collected', () => {
  assert.deepEqual(textsOf(`f(\n  t(\n    'Stop {0}',\n    name,\n  ),\n)`), ['Stop {0}'])
})

test('escapes are what they stand for', () => {
  assert.deepEqual(textsOf(String.raw`t('it\'s\n\u2026 \u{1f4e6} \x41 \\')`), ["it's\n\u2026 \u{1f4e6} A \\"])
})

test('calls of other functions are not looked at', () => {
  assert.deepEqual(textsOf(`test('a'); x.t('b'); format('c')`), [])
  assert.deepEqual(collectTexts('src/a.ts', "t('of another kind')").texts, [])
})

test('vscode.l10n.t is collected as well', () => {
  assert.deepEqual(collectTexts('src/a.ts', "vscode.l10n.t('a')").texts, ['a'])
})

for (const call of ['t(text)', 't(`a ${b}`)', "t('a' + b)", "t(isOne ? 'a' : 'b')"]) {
  test(`${call} cannot be collected`, () => {
    const { problems } = collectTexts('src/a.ts', `${header}\n${call}`)
    assert.match(problems.join(), /^src\/a\.ts:3: the text of t\(\) has to be one plain string/)
  })
}
