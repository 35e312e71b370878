import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { t, useTranslations } from './l10n.ts'

afterEach(() => useTranslations({}))

test('a text without a translation is itself', () => {
  assert.equal(t('Nothing is running here.'), 'Nothing is running here.')
})

test('a translation takes the place of the text', () => {
  useTranslations({ 'Stop {0}': '{0} anhalten' })
  assert.equal(t('Stop {0}', 'web'), 'web anhalten')
})

test('values stand where their numbers are, in any order, and are not read as places themselves', () => {
  useTranslations({ '{0} of {1}': '{1}: {0}' })
  assert.equal(t('{0} of {1}', '{1}', 5), '5: {1}')
})

test('a place without a value stays as it is', () => {
  assert.equal(t('{0} and {1}', 'a'), 'a and {1}')
})

test('a text that is the name of a member of all objects has no translation', () => {
  assert.equal(t('constructor'), 'constructor')
})
