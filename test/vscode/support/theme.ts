import type { Vscode } from './vscode.ts'

/** Themes that come with VS Code, by the names in its list, with the class that its window has then. */
const THEMES = {
  'Dark Modern': 'dark_modern',
  'Dark High Contrast': 'hc_black',
  'Light High Contrast': 'hc_light',
  'Light Modern': 'light_modern',
} as const

export type ThemeName = keyof typeof THEMES

export const themes: readonly ThemeName[] = ['Dark Modern', 'Dark High Contrast', 'Light High Contrast', 'Light Modern']

/** Chooses a theme, and waits until the window has it. */
export async function chooseTheme(vscode: Vscode, theme: ThemeName): Promise<void> {
  await vscode.runCommand('Preferences: Color Theme')
  // The list is longer than what is drawn of it.
  await vscode.fill(theme)
  await vscode.choose(theme)
  await vscode.page.locator(`.monaco-workbench.vscode-theme-defaults-themes-${THEMES[theme]}-json`).waitFor()
}
