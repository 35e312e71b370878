/** What a row of a tree looks like, said without an editor. All texts are fit to be shown: what an engine says has gone through `plainText`. */
import type { CommandId } from '../commands/ids.ts'

export interface IconLook {
  /** A product icon; `file` and `folder` take the look of the theme's file icons where there is a `file`. */
  readonly name: string
  /** A theme colour. */
  readonly color?: string
}

export interface ItemLook {
  /** Stable, and unique below its parent; trees make it unique as a whole. */
  readonly id: string
  readonly label: string
  readonly description?: string
  readonly icon?: IconLook
  /** Plain text. Without one, the row's tooltip is read when somebody wants it. */
  readonly tooltip?: string
  /** Words that menus ask for, as in `viewItem =~ /;running;/`. */
  readonly flags: readonly string[]
  /** What a screen reader says in place of label and description. */
  readonly spoken?: string
  /** Absent: there is nothing below it. */
  readonly fold?: 'folded' | 'open'
  /** Run when the row is clicked, or Enter pressed; it gets the row. */
  readonly command?: { readonly id: CommandId; readonly title: string }
  /** On a row of another part: the command that a key runs here in place of that for the view's own rows. With none the key does nothing. */
  readonly keys?: Readonly<Partial<Record<CommandId, CommandId>>>
  /** A URI, for the theme's file icon. */
  readonly file?: string
}

/** The flags as `TreeItem.contextValue`, each between two semicolons. */
export function contextValue({ flags }: Pick<ItemLook, 'flags'>): string {
  return `;${flags.join(';')};`
}
