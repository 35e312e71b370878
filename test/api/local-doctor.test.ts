/** The doctor on a real kernel: by the helper, by root and by a user without a helper, and where something is really wrong. */
import assert from 'node:assert/strict'
import { chmodSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { doctorSchema, type Finding } from '../../helper/api/doctor.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { startHelper, type TestHelper, whyNoHelper } from '../support/helper.ts'
import { run } from '../support/run.ts'
import { ANNA, makeReachableProgram, type ReachableProgram } from '../support/users.ts'

type Findings = ReadonlyMap<string, Finding>

describe('doctor', { skip: whyNoHelper() ?? false }, () => {
  let program: ReachableProgram
  let folder: TemporaryFolder
  before(() => {
    program = makeReachableProgram()
    folder = makeTemporaryFolder('doctor')
  })
  after(async () => {
    await program?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const byId = (text: string): Findings => new Map(doctorSchema.parse(JSON.parse(text)).findings.map((finding) => [finding.id, finding]))
  /** Runs it by `words`, such as `unshare --mount`, on a data root and a run root that are not there. */
  const examine = async (words: readonly string[], uid = 0): Promise<Findings> => {
    const env = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      POCKER_RUN_ROOT: join(folder.path, 'run'),
      POCKER_DATA_ROOT: join(folder.path, 'data'),
    }
    const [command = '', ...args] = [...words, program.pocker, 'doctor', '--json']
    const { stdout, stderr } = await run(command, args, { env, uid, cwd: '/' })
    assert.equal(stderr, '')
    return byId(stdout)
  }

  test('the helper tries for real, and leaves nothing of it', async () => {
    await using helper = await startHelper()
    const before = readdirSync(helper.dataRoot, { recursive: true }).length
    const findings = byId(JSON.stringify((await helper.request('GET', '/pocker/doctor')).body))
    for (const id of ['kernel', 'rights', 'namespaces', 'seccomp', 'overlayfs']) assert.equal(findings.get(id)?.state, 'ok', id)
    assert.deepEqual(
      [...findings.values()].filter(({ state }) => state === 'unknown' || state === 'missing'),
      [],
    )
    assert.equal(readdirSync(helper.dataRoot, { recursive: true }).length, before)
  })

  test('a user without a helper sees what can be seen, and what to do', async () => {
    const findings = await examine([], ANNA)
    assert.equal(findings.get('helper')?.command, `sudo ${program.pocker} grant ${ANNA}`)
    assert.equal(findings.get('overlayfs')?.state, 'unknown')
    assert.equal(findings.get('seccomp')?.state, 'ok')
    assert.deepEqual(
      [...findings.values()].filter(({ state }) => state === 'missing'),
      [],
    )
    assert.deepEqual(readdirSync(folder.path), [])
  })

  test('a user who has been let in gets what the helper has found', async () => {
    await using helper: TestHelper = await startHelper({ args: ['--user', String(ANNA)] })
    chmodSync(dirname(helper.socket), 0o711)
    const { stdout } = await run(program.pocker, ['doctor', '--json'], { uid: ANNA, cwd: '/', env: { POCKER_RUN_ROOT: helper.runRoot } })
    assert.deepEqual([byId(stdout).get('helper')?.state, byId(stdout).get('overlayfs')?.state], ['ok', 'ok'])
  })

  test('a session that may gain no rights is told so', async () => {
    assert.equal((await examine(['setpriv', '--no-new-privs'], ANNA)).get('privilege')?.state, 'missing')
  })

  test('root without the right to mount is told so', async () => {
    const findings = await examine(['setpriv', '--inh-caps=-all', '--bounding-set=-sys_admin'])
    assert.deepEqual([findings.get('rights')?.state, findings.get('namespaces')?.state], ['missing', 'missing'])
  })

  test('root in name only is told so', async () => {
    for (const uid of [0, ANNA]) {
      assert.equal((await examine(['unshare', '--user', '--map-root-user'], uid)).get('rights')?.state, 'missing')
    }
  })

  const mounted = (mount: string) => ['unshare', '--mount', 'sh', '-ec', `${mount}; exec "$@"`, folder.path]

  test('data on a filesystem for which overlayfs has no use is told, in the kernel’s words', async () => {
    const over =
      'mount -t tmpfs tmpfs "$0"; mkdir "$0/l" "$0/u" "$0/w" "$0/data"; mount -t overlay o -o lowerdir="$0/l,upperdir=$0/u,workdir=$0/w" "$0/data"'
    const finding = (await examine(mounted(over))).get('overlayfs')
    assert.equal(finding?.state, 'missing')
    assert.match(finding?.detail ?? '', /\(overlay\): .*upperdir/)
  })

  test('data on a disk that is mounted noexec, and almost full, is told', async () => {
    const findings = await examine(mounted('mount -t tmpfs -o noexec,size=8m,nr_inodes=99 tmpfs "$0"; mkdir "$0/data"'))
    assert.deepEqual([findings.get('mount-options')?.state, findings.get('disk-space')?.state], ['limited', 'limited'])
  })

  test('a read-only disk is told', async () => {
    const findings = await examine(mounted('mount -t tmpfs tmpfs "$0"; mkdir "$0/data"; mount -o remount,ro "$0"'))
    assert.match(findings.get('overlayfs')?.detail ?? '', /EROFS/)
  })

  test('missing control groups are told', async () => {
    assert.equal((await examine(mounted('umount -R /sys/fs/cgroup'))).get('cgroups')?.state, 'missing')
  })
})
