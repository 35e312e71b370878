/** The child's descriptors, as both sides know them. 0 and 1 are the archive coming in and going out, 2 is for what went wrong. */

/** The job, as JSON to the end. */
export const JOB = 3
/** Answers, a JSON object a line. */
export const ANSWERS = 4
/** The first of those that a job brings along. */
export const FIRST_EXTRA = 5
