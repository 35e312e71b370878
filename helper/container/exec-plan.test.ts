import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ExecContext, planExec } from './exec-plan.ts'
import type { Process } from './oci.ts'
import { callsOf, compareLines, describeOpen, exampleSpec, transcribe } from './plan.fixture.ts'

const base: Process = exampleSpec().process
const context: ExecContext = {
  container: 50,
  ownPidNamespace: 51,
  join: ['/cg/memory/pocker/c1/tasks'],
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

const variants: readonly { name: string; process: Process; context: ExecContext }[] = [
  { name: 'default', process: base, context },
  { name: 'terminal', process: { ...base, terminal: true, consoleSize: { width: 80, height: 24 } }, context },
  { name: 'input, a program by its path', process: { ...base, args: ['/bin/sh', '-c', 'x'] }, context: { ...context, openStdin: true } },
  { name: 'plain user without new privileges', process: { ...user, noNewPrivileges: true }, context },
  {
    name: 'privileged, in the pid namespace of the host',
    process: base,
    context: { container: 50, join: context.join, openStdin: false, seccomp: undefined, lastCapability: 40 },
  },
]

for (const [index, variant] of variants.entries()) {
  test(index === 0 ? 'the whole plan' : `what differs from the default plan: ${variant.name}`, (t) => {
    const lines = transcribe(planExec(variant.process, variant.context).plan.program)
    const shown = index === 0 ? lines : compareLines(transcribe(planExec(base, context).plan.program), lines)
    t.assert.snapshot(shown.join('\n'), { serializers: [String] })
  })

  test(`order: ${variant.name}`, () => {
    const calls = callsOf(planExec(variant.process, variant.context).plan.program)
    const inside = calls.slice(calls.findIndex(({ step }) => step === 'joinCgroups'))
    const first = (name: string) => inside.findIndex((call) => call.name === name)
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

  test(`the helper's thread comes home, and never waits without an end: ${variant.name}`, () => {
    const calls = callsOf(planExec(variant.process, variant.context).plan.program)
    const own = calls.slice(
      0,
      calls.findIndex(({ step }) => step === 'joinCgroups'),
    )
    const names = own.map(({ name }) => name)
    const enters = own.filter(({ name, args }) => name === 'setns' && args[0] === 50).length
    const returns = own.filter(({ name, args }) => name === 'setns' && args[0] === 51).length
    assert.equal(enters, returns)
    assert.ok(names.lastIndexOf('setns') < 0 || names.lastIndexOf('setns') > names.indexOf('clone3'))
    assert.ok(names.includes('futex') && names.filter((name) => name === 'pidfd_send_signal').length === 2)
    assert.equal(own.at(-1)?.name, 'rt_sigprocmask')
    // With its own copy of the sending end open it would wait for a killed process's terminal for ever.
    if (variant.process.terminal) assert.ok(names.lastIndexOf('close') < names.indexOf('recvmsg') && names.includes('close'))
  })
}
