import { flags, linux } from '../../linux/constants.ts'
import { Label, struct } from '../../linux/program.ts'
import { descriptor, type Plan } from '../launch/plan.ts'

/** Enters the working folder; a path such as /proc/self/fd/7 that would lead out of the root is refused (CVE-2024-21626). */
export function changeDirectory(plan: Plan, folder: string): void {
  plan.step('changeDirectory')
  const how = struct([linux.O_PATH | linux.O_DIRECTORY | linux.O_CLOEXEC, 0, linux.RESOLVE_NO_MAGICLINKS])
  const opened = plan.call('openat2', [linux.AT_FDCWD, folder, how, 24], { result: descriptor(folder) })
  plan.call('fchdir', [opened.value])
}

/** Enters `path` as seen from inside the folder `within`, links and all; that folder itself when there is none. */
export function changeDirectoryWithin(plan: Plan, within: string, path: string): void {
  plan.step('changeDirectory')
  const [missing, done] = [new Label(`no ${path}`), new Label('entered')]
  const root = plan.open(within, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'))
  plan.enter(plan.openBeneath(root, path, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), { onError: missing }))
  plan.program.jump(done)
  plan.program.label(missing)
  plan.enter(root)
  plan.program.label(done)
}
