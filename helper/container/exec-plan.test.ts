import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linux } from '../linux/constants.ts'
import type { Call } from '../linux/program.ts'
import { type ExecContext, planExec } from './exec-plan.ts'
import { describeOpen } from './launch/describe.ts'
import type { Process } from './oci.ts'
import { callsOf, cellOf, compareLines, exampleSpec, transcribe } from './plan.fixture.ts'

const base: Process = exampleSpec().process
const context: ExecContext = {
  container: 50,
  join: ['/cg/memory/pocker/c1/tasks'],
  starter: 60,
  openStdin: false,
  seccomp: new Uint8Array(16),
  lastCapability: 40,
}
const user: Process = {
  ...base,
  user: { uid: 1000, gid: 1000, additionalGids: [1000, 4], umask: 0o022 },
  capabilities: { ...base.capabilities, effective: [], permitted: [] },
  cwd: '/home/user',
}
const toolbox: ExecContext['toolbox'] = {
  mountPoint: '/run/root',
  layers: ['/images/host'],
  mounts: [
    { destination: '/usr', type: 'bind', source: '/usr', options: ['rbind', 'ro', 'rro', 'nosuid', 'nodev', 'rprivate'] },
    { destination: '/etc/hosts', type: 'bind', source: '/c/hosts', options: ['rbind', 'ro', 'nosuid', 'nodev', 'rprivate'] },
  ],
  isFolder: ({ source }) => source === '/usr',
}

const variants: readonly { name: string; process: Process; context: ExecContext }[] = [
  { name: 'default', process: base, context },
  { name: 'terminal', process: { ...base, terminal: true, consoleSize: { width: 80, height: 24 } }, context },
  { name: 'input', process: base, context: { ...context, openStdin: true } },
  { name: 'plain user without new privileges', process: { ...user, noNewPrivileges: true }, context },
  { name: 'an OOM score', process: { ...base, oomScoreAdj: -500 }, context },
  { name: 'privileged', process: base, context: { ...context, seccomp: undefined } },
  { name: 'toolbox', process: { ...base, terminal: true, cwd: '/etc/nginx' }, context: { ...context, toolbox } },
]

const callsOfPlan = (variant: (typeof variants)[number]) => callsOf(planExec(variant.process, variant.context).plan.program)
const from = (calls: readonly Call[], step: string) => calls.slice(calls.findIndex((call) => call.step === step))

for (const [index, variant] of variants.entries()) {
  test(index === 0 ? 'the whole plan' : `what differs from the default plan: ${variant.name}`, (t) => {
    const lines = transcribe(planExec(variant.process, variant.context).plan.program)
    const shown = index === 0 ? lines : compareLines(transcribe(planExec(base, context).plan.program), lines)
    t.assert.snapshot(shown.join('\n'), { serializers: [String] })
  })

  test(`order: ${variant.name}`, () => {
    const inside = from(callsOfPlan(variant), 'leaveSession')
    const first = (name: string) => inside.findIndex((call) => call.name === name)
    assert.equal(first('setsid'), 0, 'out of the helper’s process group before anything of the container’s is touched')
    assert.ok(first('setns') >= 0 && first('setns') < first('close_range'))
    assert.ok(first('close_range') < inside.findIndex(({ step }) => step === 'restrict'))
    assert.ok(first('setgroups') < first('setresgid') && first('setresgid') < first('setresuid') && first('setresuid') < first('capset'))
    assert.ok(
      inside.findLastIndex(({ name }) => name === 'openat2') > first('capset'),
      'the working folder is entered with the rights of the user',
    )
    for (const { args } of inside.filter(({ name }) => name === 'openat2')) assert.match(describeOpen(args[2]), /RESOLVE_NO_MAGICLINKS/)
    // Anything may lie in a running container's /dev: opening it must neither wait nor take a terminal.
    const nothing = inside.find(({ name, args }) => name === 'openat2' && args[1] === 'dev/null')
    if (nothing !== undefined) assert.match(describeOpen(nothing.args[2]), /O_NOCTTY\|O_NONBLOCK.*RESOLVE_NO_SYMLINKS/)
    if (variant.context.seccomp === undefined) assert.equal(first('seccomp'), -1)
    else if (variant.process.noNewPrivileges) assert.ok(first('capset') < first('seccomp'))
    else assert.ok(first('seccomp') >= 0 && first('seccomp') < first('setresuid'))
  })

  test(`no process of this memory is ever in the container’s pid namespace, and none of full rights: ${variant.name}`, () => {
    const calls = callsOfPlan(variant)
    const clones = calls.filter(({ name }) => name === 'clone3' || name === 'clone')
    const joins = calls.findIndex(({ name, args }) => name === 'setns' && namespacesOf(args[1]) & linux.CLONE_NEWPID)
    assert.ok(joins >= 0)
    for (const clone of clones) assert.ok(calls.indexOf(clone) < joins, 'what is cloned after that would be in it')
    // The starter alone clones afterwards: it is executed last, when all has been given up.
    assert.ok(from(calls, 'execute').some(({ name }) => name === 'execveat'))
    assert.ok(calls.findLastIndex(({ name }) => name === 'capset') < calls.findLastIndex(({ name }) => name === 'execveat'))
  })

  test(`the helper’s thread never waits without an end: ${variant.name}`, () => {
    const calls = callsOfPlan(variant)
    const end = calls.findIndex(({ step }) => step === 'createToolbox' || step === 'leaveSession')
    const own = calls.slice(0, end)
    const names = own.map(({ name }) => name)
    assert.equal(own.at(-1)?.name, 'rt_sigprocmask')
    // With its own copy of the sending end open it would wait for the words of a killed process for ever.
    assert.ok(names.lastIndexOf('close', names.indexOf('read')) > names.indexOf('clone3'))
    if (variant.process.terminal) assert.equal(names[names.indexOf('recvmsg') - 1], 'close')
    assert.ok(names.indexOf('ppoll') < names.indexOf('read') && names.includes('pidfd_send_signal'), 'one that gets stuck is ended')
    const waits = own.filter(({ name }) => name === 'waitid').length
    assert.equal(waits, variant.context.toolbox === undefined ? 1 : 2, 'every process that it clones is reaped')
  })
}

function namespacesOf(word: unknown): number {
  return typeof word === 'object' && word !== null && 'value' in word ? Number(word.value) : 0
}

test('a toolbox is made by a process of its own, which leaves nothing but its mount namespace', () => {
  const planned = planExec(base, { ...context, toolbox })
  const built = callsOf(planned.plan.program).filter(({ step }) => ['createToolbox', 'changeRoot'].includes(step))
  const names = built.map(({ name }) => name)
  assert.deepEqual([built[0]?.name, built[0]?.result], ['openat', planned.toolbox?.namespace])
  assert.equal(names.indexOf('unshare'), 1, 'what it opens from then on is its own')
  const enters = built.findIndex(({ name, args }) => name === 'setns' && args[0] === 50)
  const returns = built.findIndex(({ name, args }) => name === 'setns' && cellOf(args[0]) === planned.toolbox?.namespace)
  assert.ok(enters > 0 && returns > enters)
  for (const [index, { name, args }] of built.entries()) {
    if (index > enters && index < returns) {
      assert.ok(['openat', 'openat2', 'open_tree'].includes(name), `${name} in the container`)
      if (name === 'openat2') assert.match(describeOpen(args[2]), /RESOLVE_NO_SYMLINKS/)
      if (name === 'open_tree') assert.equal(args[1], '', 'copied by descriptor')
    }
    if (name === 'mount' && index > returns) assert.match(JSON.stringify(args[3]), /MS_NOSUID.*MS_NODEV/)
  }
  assert.deepEqual(names.slice(-6), ['pivot_root', 'umount2', 'chdir', 'sendmsg', 'close', 'exit_group'])
})
