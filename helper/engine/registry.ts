/** The containers there are, by ID, name, or the beginning of an ID. */
import { PockerError } from '../api/errors.ts'
import type { Container } from './containers/container.ts'

export class Registry {
  private readonly byId = new Map<string, Container>()
  private readonly byName = new Map<string, Container>()

  add(container: Container): void {
    this.byId.set(container.id, container)
    this.byName.set(container.record.name, container)
  }

  delete(container: Container): void {
    this.byId.delete(container.id)
    if (this.byName.get(container.record.name) === container) this.byName.delete(container.record.name)
  }

  /** Call after `container.record` has its new name. */
  renamed(container: Container, from: string): void {
    this.byName.delete(from)
    this.byName.set(container.record.name, container)
  }

  hasName(name: string): boolean {
    return this.byName.has(name)
  }

  /** Newest first. */
  all(): Container[] {
    return [...this.byId.values()].sort((left, right) => right.record.created - left.record.created)
  }

  /**
   * The container that `reference` means.
   * Errors: NotFound `no-such-container`, InvalidParameter `ambiguous-id`.
   */
  find(reference: string): Container {
    const name = reference.startsWith('/') ? reference.slice(1) : reference
    const found = this.byId.get(reference) ?? this.byName.get(name) ?? this.findByPrefix(reference)
    if (found === undefined) throw new PockerError('NotFound', `No such container: ${reference}`, { code: 'no-such-container' })
    return found
  }

  private findByPrefix(prefix: string): Container | undefined {
    if (!/^[0-9a-f]+$/.test(prefix)) return undefined
    const matches = [...this.byId.values()].filter((container) => container.id.startsWith(prefix))
    if (matches.length > 1) {
      throw new PockerError('InvalidParameter', `find container "${prefix}": ${matches.length} IDs begin so`, { code: 'ambiguous-id' })
    }
    return matches[0]
  }
}
