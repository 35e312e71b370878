import * as vscode from 'vscode'
import { contextValue, type IconLook, type ItemLook } from './item-look.ts'

/** The editor's row. `id` is unique in the tree, `node` what commands get. */
export function toTreeItem(look: ItemLook, id: string, node: unknown): vscode.TreeItem {
  const item = new vscode.TreeItem(look.label, foldOf(look))
  item.id = id
  item.contextValue = contextValue(look)
  if (look.description !== undefined) item.description = look.description
  if (look.icon !== undefined) item.iconPath = themeIcon(look.icon)
  if (look.tooltip !== undefined) item.tooltip = look.tooltip
  if (look.spoken !== undefined) item.accessibilityInformation = { label: look.spoken }
  if (look.command !== undefined) item.command = { command: look.command.id, title: look.command.title, arguments: [node] }
  if (look.file !== undefined) item.resourceUri = vscode.Uri.parse(look.file, true)
  return item
}

function foldOf({ fold }: ItemLook): vscode.TreeItemCollapsibleState {
  if (fold === undefined) return vscode.TreeItemCollapsibleState.None
  return fold === 'open' ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed
}

function themeIcon({ name, color }: IconLook): vscode.ThemeIcon {
  return color === undefined ? new vscode.ThemeIcon(name) : new vscode.ThemeIcon(name, new vscode.ThemeColor(color))
}
