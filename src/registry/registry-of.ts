/** The registry of an image's name, as logins are kept by: `docker.io`, `ghcr.io`, `localhost:5000`. */
export function registryOf(repository: string): string {
  const [first = '', ...rest] = repository.split('/')
  // Docker's rule: without a dot, a port or `localhost`, the first part is a name on Docker Hub.
  const isHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost')
  return isHost ? first.replace(/^(?:index\.|registry-1\.)?docker\.io$/, HUB) : HUB
}

const HUB = 'docker.io'
