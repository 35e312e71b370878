import { type Check, ok } from '../check.ts'

/** What networks of containers are made of. */
export const networkChecks: readonly Check[] = [
  {
    id: 'nf-tables',
    title: 'packet filter',
    look: ({ attempts, exists }) => {
      const attempt = attempts?.asRoot?.packetFilter
      if (attempt === undefined) {
        return exists('/sys/module/nf_tables')
          ? ok('nf_tables is there.')
          : { state: 'unknown', detail: 'Whether the kernel has nf_tables takes root to see.' }
      }
      const reason = attempt()
      if (reason === undefined) return ok('nf_tables answers.')
      return {
        state: 'limited',
        detail: `The kernel’s packet filter does not answer: ${reason}.`,
        remedy: 'Load it, or use a kernel that has it; without, containers have no network of their own with ports.',
        command: 'sudo modprobe nf_tables',
      }
    },
  },
  {
    id: 'forwarding',
    title: 'other firewalls',
    look: ({ attempts }) => {
      const attempt = attempts?.asRoot?.forwarding
      if (attempt === undefined) return undefined
      const reason = attempt()
      if (reason === undefined) return ok('No other firewall drops what containers send.')
      return {
        state: 'limited',
        detail: `Containers reach nothing beyond this machine: ${reason}. Their published ports are served by the helper itself.`,
        remedy: 'Let that chain accept what comes from and goes to the bridges of containers; with iptables and the default network:',
        command: 'sudo iptables -I FORWARD -i pocker0 -j ACCEPT; sudo iptables -I FORWARD -o pocker0 -j ACCEPT',
      }
    },
  },
]
