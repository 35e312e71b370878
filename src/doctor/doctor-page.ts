/** What a machine lets Pocker do, as a page: what is amiss first, each with what can be done about it. */
import * as l10n from '@vscode/l10n'
import type { Finding } from '../../helper/api/doctor.ts'
import type { Page, Remark } from '../page/page.ts'
import { plainText } from '../text/plain-text.ts'

type State = Finding['state']

const ORDER: readonly State[] = ['missing', 'limited', 'unknown', 'ok']

/** The page of a host's findings, whose texts are made harmless. */
export function doctorPage(findings: readonly Finding[], host: string): Page {
  const sorted = findings.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  const amiss = sorted.filter(({ state }) => state !== 'ok')
  const well = sorted.filter(({ state }) => state === 'ok')
  return {
    title: l10n.t('Pocker doctor'),
    subtitle: plainText(host),
    sections: [
      { heading: '', content: { kind: 'words', text: summary(findings) } },
      ...(amiss.length === 0
        ? []
        : [{ heading: l10n.t('To look at'), content: { kind: 'remarks' as const, remarks: amiss.map(remarkOf) } }]),
      { heading: l10n.t('All well'), content: { kind: 'remarks', remarks: well.map(remarkOf) } },
    ],
  }
}

function summary(findings: readonly Finding[]): string {
  const count = (state: State) => findings.filter((finding) => finding.state === state).length
  if (count('missing') > 0) return l10n.t('Containers cannot run here as it is.')
  if (count('limited') > 0) return l10n.t('Containers run here. Something that they may want does not work.')
  return count('unknown') > 0
    ? l10n.t('As far as can be seen without administrator rights, containers run here.')
    : l10n.t('Containers run here, and all that they may want works.')
}

function remarkOf({ state, title, detail, remedy, command }: Finding): Remark {
  const text = (value: string) => plainText(value, 1000)
  const isWell = state === 'ok'
  return {
    tone: { ok: 'good' as const, limited: 'warning' as const, missing: 'bad' as const, unknown: 'neutral' as const }[state],
    state: stateWord(state),
    title: text(title),
    detail: text(detail),
    ...(remedy === undefined || isWell ? {} : { remedy: text(remedy) }),
    ...(command === undefined || isWell || /[\p{Cc}\p{Cf}]/u.test(command) ? {} : { command }),
  }
}

function stateWord(state: State): string {
  switch (state) {
    case 'ok':
      return l10n.t('works')
    case 'limited':
      return l10n.t('limited')
    case 'missing':
      return l10n.t('missing')
    case 'unknown':
      return l10n.t('not known')
  }
}
