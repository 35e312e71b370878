/** What only a person can answer, whoever asks it: the editor or a terminal. Undefined: they do not want to. */

export interface KeyQuestion {
  /** As known_hosts calls the host. */
  readonly name: string
  readonly fingerprint: string
  /** `ssh-ed25519` and the like. */
  readonly kind: string
  /** The host is only passed through on the way to another. */
  readonly isJump: boolean
}

export interface SecretQuestion {
  readonly kind: 'passphrase' | 'password' | 'sudo'
  /** The file of the key; `user@host` for passwords. */
  readonly of: string
  /** From 1: the one before was wrong when it is more. */
  readonly attempt: number
}

export interface PromptsQuestion {
  readonly of: string
  /** The host's words, which may be anything. */
  readonly name: string
  readonly instructions: string
  readonly prompts: readonly { readonly prompt: string; readonly isShown: boolean }[]
  readonly attempt: number
}

export interface Questions {
  /** Only what is known already is answered: what is not is left for when a person may be asked. */
  readonly isSilent?: boolean
  acceptKey(question: KeyQuestion): Promise<boolean>
  secret(question: SecretQuestion): Promise<string | undefined>
  prompts(question: PromptsQuestion): Promise<readonly string[] | undefined>
}
