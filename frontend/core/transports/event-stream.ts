/** A parser of `text/event-stream`: text in, the `data` of whole events out. */

/** An event larger than this is not ours; without a cap a broken proxy could fill the memory. */
const EVENT_CHARS = 64 * 1024 * 1024;

export class EventStreamParser {
  #rest = '';
  #data: string[] = [];
  #chars = 0;

  /** The data of every event that `chunk` completes. Throws `RangeError` when an event passes the cap. */
  push(chunk: string): readonly string[] {
    const events: string[] = [];
    const text = this.#rest + chunk;
    // A carriage return at the end may be half of a CRLF: it waits for the next chunk.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + text.slice(end);
    for (const line of lines) this.#line(line, events);
    if (this.#rest.length + this.#chars > EVENT_CHARS) throw new RangeError('An event of the stream is too large.');
    return events;
  }

  #line(line: string, events: string[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push(this.#data.join('\n'));
      this.#data = [];
      this.#chars = 0;
      return;
    }
    if (!line.startsWith('data:')) return;
    const value = line.startsWith('data: ') ? line.slice(6) : line.slice(5);
    this.#data.push(value);
    this.#chars += value.length;
  }
}
