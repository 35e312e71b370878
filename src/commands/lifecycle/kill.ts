import * as l10n from '@vscode/l10n'
import type { PickRow } from '../../ask/ask.ts'
import { isLive } from '../../model/container-state.ts'
import { forEach } from '../each.ts'
import { chosenContainers, type LifecycleParts, named, pathOf } from './on-containers.ts'

const SIGNALS = ['KILL', 'TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'STOP', 'CONT', 'WINCH'] as const

/** Asks for a signal and sends it to the first process of each container. Errors: EngineError, SomeFailed. */
export async function killFlow(parts: LifecycleParts, item: unknown, selected: unknown): Promise<void> {
  const title = l10n.t('Send Signal')
  const forNone = () => l10n.t('There is nothing to send a signal to: nothing that was chosen runs.')
  const { refs, asked } = await chosenContainers(parts, { item, selected, title, isFor: isLive, forNone })
  if (refs.length === 0) return
  const answer = await parts.ask.pick({
    title,
    placeholder: l10n.t('Which signal? Choose one, or type its name or number'),
    rows: SIGNALS.map((signal): PickRow => ({ id: signal, label: `SIG${signal}`, description: meaning(signal), icon: 'zap' })),
    typed: typedSignal,
  })
  if (answer.kind !== 'picked') return
  await parts.busy(() =>
    forEach(refs.map(named), ({ host, containerId }) =>
      host.client.tell('POST', `${pathOf(containerId)}/kill`, { query: { signal: answer.id } }),
    ),
  )
  if (refs.length < asked)
    parts.ask.tell(l10n.t('The signal was sent to {0} of {1} containers: the others do not run.', refs.length, asked))
}

function typedSignal(text: string): PickRow | undefined {
  const name = text.trim().toUpperCase().replace(/^SIG/, '')
  if (!/^(?:[A-Z][A-Z0-9+-]{1,10}|[1-9][0-9]?)$/.test(name)) return undefined
  if (SIGNALS.some((signal) => signal.startsWith(name))) return undefined
  return { id: name, label: /^\d/.test(name) ? name : `SIG${name}`, icon: 'edit' }
}

function meaning(signal: (typeof SIGNALS)[number]): string {
  switch (signal) {
    case 'KILL':
      return l10n.t('ends it at once, whatever it does')
    case 'TERM':
      return l10n.t('asks it to end')
    case 'INT':
      return l10n.t('as Ctrl+C')
    case 'HUP':
      return l10n.t('many services read their settings again')
    case 'QUIT':
      return l10n.t('ends it, some with a dump of what they do')
    case 'STOP':
      return l10n.t('halts the first process until it is told to go on')
    case 'CONT':
      return l10n.t('goes on after a halt')
    case 'WINCH':
      return l10n.t('the terminal has another size')
    case 'USR1':
    case 'USR2':
      return l10n.t('what the program makes of it')
  }
}
