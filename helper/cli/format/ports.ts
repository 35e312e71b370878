import type { Port } from '../../api/network.ts'

interface Group {
  readonly key: string
  first: number
  last: number
}

/**
 * Ports as Docker lists them: `0.0.0.0:8080->80/tcp, 9000-9002/tcp`. Neighbours that are exposed only, or published under their own number,
 * are joined. Follows DisplayablePorts of the Docker CLI.
 */
export function displayPorts(ports: readonly Port[]): string {
  const groups: Group[] = []
  const done: string[] = []
  const mappings: string[] = []
  for (const port of [...ports].sort(compare)) {
    const { IP = '', PrivatePort, PublicPort = 0, Type } = port
    if (IP !== '' && PublicPort !== PrivatePort) {
      mappings.push(`${hostPort(IP, String(PublicPort))}->${PrivatePort}/${Type}`)
      continue
    }
    const key = IP === '' ? Type : `${IP}/${Type}`
    const group = groups.find((known) => known.key === key)
    if (group === undefined) groups.push({ key, first: PrivatePort, last: PrivatePort })
    else if (PrivatePort === group.last + 1) group.last = PrivatePort
    else {
      done.push(display(group))
      group.first = PrivatePort
      group.last = PrivatePort
    }
  }
  return [...done, ...groups.map(display), ...mappings].join(', ')
}

function display({ key, first, last }: Group): string {
  const range = first === last ? String(first) : `${first}-${last}`
  const slash = key.indexOf('/')
  if (slash < 0) return `${range}/${key}`
  return `${hostPort(key.slice(0, slash), range)}->${range}/${key.slice(slash + 1)}`
}

function hostPort(address: string, port: string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function compare(a: Port, b: Port): number {
  return (
    a.PrivatePort - b.PrivatePort || order(a.IP ?? '', b.IP ?? '') || (a.PublicPort ?? 0) - (b.PublicPort ?? 0) || order(a.Type, b.Type)
  )
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
