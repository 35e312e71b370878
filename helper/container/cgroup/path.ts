/** Paths of control groups, below the root of a hierarchy. */
import { PockerError } from '../../api/errors.ts'

// A `cgroup.` name would meet the kernel's own control files; 255 is the longest name that cgroupfs takes.
const SEGMENT = /^(?!\.{1,2}$)(?!cgroup\.)[^/\0\n]{1,255}$/

/**
 * The names of a path such as `/pocker/<id>`.
 * The path may come from a request (CgroupParent): one that could leave its parent is refused, not repaired.
 * Errors: InvalidParameter `cgroup-path-invalid`.
 */
export function cgroupSegments(path: string): readonly string[] {
  const segments = path.slice(1).split('/')
  if (!path.startsWith('/') || !segments.every((segment) => SEGMENT.test(segment))) {
    throw new PockerError('InvalidParameter', `use control group ${JSON.stringify(path)}: not an absolute path of plain names`, {
      code: 'cgroup-path-invalid',
    })
  }
  return segments
}
