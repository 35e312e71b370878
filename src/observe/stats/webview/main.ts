/** The statistics page's own program: shows what it is told. */
import type { ToPage } from '../messages.ts'
import { type ContainerSection, containerSection } from './container-section.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; setState(state: unknown): void }

const sections = new Map<string, ContainerSection>()

function take(message: ToPage): void {
  switch (message.kind) {
    case 'all':
      sections.clear()
      for (const container of message.containers) sections.set(container.key, containerSection(container, message.texts))
      document.getElementById('containers')?.replaceChildren(...[...sections.values()].map(({ element }) => element))
      return
    case 'point':
      sections.get(message.key)?.add(message.point)
      return
    case 'state':
      sections.get(message.key)?.setState(message.state)
      return
  }
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => take(data))

const editor = acquireVsCodeApi()
// For the panel that VS Code opens again after a reload.
editor.setState(JSON.parse(document.body.dataset.state ?? 'null'))
editor.postMessage({ kind: 'ready' })
