/** What the name server of one container needs to know; the engine tells it. */
export interface NameSource {
  /** Addresses of a name in the container's networks; undefined when no container has it. */
  lookUp(name: string): readonly string[] | undefined
  /** The name of a container's address in these networks. */
  nameOf(address: string): string | undefined
  /** Whether names of the outside are asked for: a network without a way out must not have one by its name server (CVE-2024-29018). */
  readonly forwards: boolean
  /** Servers to ask, in their order; read anew for each question, since the host's may change. */
  servers(): readonly string[]
}
