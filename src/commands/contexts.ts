/** All when-clause contexts that the code sets; `npm run check` compares them with those that package.json asks for. */
export const CONTEXTS = [] as const satisfies readonly string[]

export type ContextKey = (typeof CONTEXTS)[number]
