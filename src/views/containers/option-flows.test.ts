import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { type Script, scriptedAsk } from '../../testing/scripted-ask.ts'
import { groupByFlow, sortByFlow } from './option-flows.ts'
import type { ContainersOptions } from './options.ts'

function flowOf(script: Script) {
  const rows = [containerOf({ id: 'a', labels: { tier: 'x', one: '1' } }), containerOf({ id: 'b', labels: { tier: 'y' } })]
  const hosts = new Hosts(() => [changingHost({ containers: rows })])
  hosts.open()
  const written: unknown[] = []
  const write = (name: string) => async (value: unknown) => void written.push([name, value])
  const options: ContainersOptions = { groupBy: 'compose', groupLabel: '', sortBy: 'name', filter: '', hideStopped: false }
  const ask = scriptedAsk(script)
  const parts = {
    ask,
    hosts,
    options: () => options,
    write: {
      filter: write('filter'),
      hideStopped: write('hideStopped'),
      onlyWorkspace: write('onlyWorkspace'),
      groupBy: write('groupBy'),
      groupLabel: write('groupLabel'),
      sortBy: write('sortBy'),
    },
  }
  return { parts, ask, written }
}

test('what is grouped by now is ticked', async () => {
  const { parts, ask, written } = flowOf(['image'])
  await groupByFlow(parts)
  const icons = ask.asked[0]?.rows.map((row) => ('icon' in row ? row.icon : ''))
  assert.deepEqual(icons, ['check', 'blank', 'blank', 'blank', 'blank'])
  assert.deepEqual(written, [['groupBy', 'image']])
})

test('a label is chosen from those there are, or typed', async () => {
  const chosen = flowOf(['label', 'tier'])
  await groupByFlow(chosen.parts)
  assert.deepEqual(chosen.written, [
    ['groupLabel', 'tier'],
    ['groupBy', 'label'],
  ])
  assert.deepEqual(
    chosen.ask.asked[1]?.rows.map((row) => ('id' in row ? row.id : '')),
    ['tier', 'one'],
  )
  const typed = flowOf(['label', 'typed team'])
  await groupByFlow(typed.parts)
  assert.deepEqual(typed.written[0], ['groupLabel', 'team'])
})

test('leaving changes nothing', async () => {
  const { parts, written } = flowOf(['leave', 'label', 'leave'])
  await sortByFlow(parts)
  await groupByFlow(parts)
  assert.deepEqual(written, [])
})

test('the order is chosen', async () => {
  const { parts, written } = flowOf(['created'])
  await sortByFlow(parts)
  assert.deepEqual(written, [['sortBy', 'created']])
})
