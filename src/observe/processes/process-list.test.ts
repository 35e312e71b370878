import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countProcesses, processTree } from './process-list.ts'

test('processes are a tree by their parents, whatever the order of ps’s columns', () => {
  const rows = processTree({
    Titles: ['USER', 'PID', 'PPID', 'COMMAND', 'TIME'],
    Processes: [
      ['root', '10', '1', 'nginx: master', '00:01'],
      ['www', '11', '10', 'nginx: worker', '00:00'],
      ['root', '20', '1', 'sh', '00:00'],
    ],
  })
  assert.deepEqual(rows, [
    {
      pid: 10,
      user: 'root',
      time: '00:01',
      command: 'nginx: master',
      children: [{ pid: 11, user: 'www', time: '00:00', command: 'nginx: worker', children: [] }],
    },
    { pid: 20, user: 'root', time: '00:00', command: 'sh', children: [] },
  ])
  assert.equal(countProcesses(rows), 3)
})

test('an answer that makes a ring or lacks columns ends all the same', () => {
  const ring = processTree({
    Titles: ['PID', 'PPID', 'CMD'],
    Processes: [
      ['1', '1', 'a'],
      ['2', '3', 'b'],
      ['3', '2', 'c'],
    ],
  })
  assert.deepEqual(
    ring.map(({ pid }) => pid),
    [1],
  )
  assert.deepEqual(processTree({ Titles: [], Processes: [['x']] }), [])
  assert.deepEqual(processTree({ Titles: ['PID'], Processes: null }), [])
})
