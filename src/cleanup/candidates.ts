/** What can go because nothing needs it. */
import type { DiskUsage, UsedContainer, UsedImage, UsedVolume } from './disk-usage.ts'

export interface Reclaimable {
  /** Ended, or never started. */
  readonly containers: readonly UsedContainer[]
  /** No container is of them. The built-in image `host` is this machine's own files and takes nothing. */
  readonly images: readonly UsedImage[]
  /** No container, running or not, has them mounted. */
  readonly volumes: readonly UsedVolume[]
}

/** Of a host's disk use what can go. */
export function reclaimable({ containers, images, volumes }: DiskUsage): Reclaimable {
  return {
    containers: containers.filter(({ isRunning }) => !isRunning),
    images: images.filter(({ containers: count, tags }) => count === 0 && !tags.includes('host:latest')),
    volumes: volumes.filter(({ usedBy }) => usedBy.length === 0),
  }
}

/** Bytes in all. */
export function sumOf(things: readonly { readonly size: number }[]): number {
  return things.reduce((sum, { size }) => sum + size, 0)
}
