/** Why a run's signals are aborted; without a reason of ours each would cost a DOMException with its stack (40 µs). */
export const ENDED = 'ended'
