/** Milliseconds that a chart shows. */
export const SPAN = 120_000

/** So many points of a container are kept: an engine gives one each second, and a little more than the span is enough. */
export const KEPT = 130
