/** How a person reads the events of a command, one to a line. A command that is not here prints JSON. */
export interface EventLines {
  readonly line: (event: unknown) => string;
  /** On a terminal, each event takes the place of the one before it. */
  readonly redraws?: boolean;
}

export const EVENT_LINES: Readonly<Record<string, EventLines>> = {};
