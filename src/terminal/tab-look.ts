import * as vscode from 'vscode'
import { type ContainerRef, containerRowOf } from '../commands/refs.ts'
import { containerState, isLive } from '../model/container-state.ts'
import { STATE_ICONS } from '../views/containers/state-look.ts'

/** VS Code colours a tab by the terminal's own colours and no others. */
const TAB_COLORS: Readonly<Record<string, string>> = {
  'charts.green': 'terminal.ansiGreen',
  'charts.yellow': 'terminal.ansiYellow',
  'charts.red': 'terminal.ansiRed',
  'charts.blue': 'terminal.ansiBlue',
}

/** A tab's icon: that of the container's row, as it is when the tab is opened. VS Code has no way to change it later. */
export function tabLook(ref: ContainerRef): Pick<vscode.ExtensionTerminalOptions, 'iconPath' | 'color'> {
  const row = containerRowOf(ref)
  // One that does not run is started for its terminal.
  const { name, color = '' } = STATE_ICONS[row === undefined || !isLive(row) ? 'running' : containerState(row)]
  const tabColor = TAB_COLORS[color]
  return { iconPath: new vscode.ThemeIcon(name), ...(tabColor === undefined ? {} : { color: new vscode.ThemeColor(tabColor) }) }
}
