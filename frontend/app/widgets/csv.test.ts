import { describe, expect, it } from 'vitest';
import { csvName, toCsv } from './csv';

describe('CSV', () => {
  it('keeps exact values, quotes where needed, and writes times as instants', () => {
    const columns = [
      { label: 'Time', type: 'timestamp' },
      { label: 'Carrier, name', type: 'string' },
      { label: 'Total', type: 'decimal' },
      { label: 'Late', type: 'boolean' },
    ] as const;
    const rows = [
      [0, 'United "Air"', '12345678901234567890.10', true],
      [1.5, null, '-3.5', false],
    ];
    expect(toCsv(columns, rows)).toBe(
      'Time,"Carrier, name",Total,Late\r\n' +
        '1970-01-01T00:00:00.000Z,"United ""Air""",12345678901234567890.10,true\r\n' +
        '1970-01-01T00:00:00.001Z,,-3.5,false\r\n',
    );
  });

  it('does not let text become a formula', () => {
    const columns = [{ label: 'Note', type: 'string' }] as const;
    expect(toCsv(columns, [['=1+1'], ['@x'], ['-2'], ['ok']])).toBe("Note\r\n'=1+1\r\n'@x\r\n'-2\r\nok\r\n");
  });

  it('names files after titles', () => {
    expect(csvName('On-time departures (JFK)')).toBe('on-time-departures-jfk.csv');
    expect(csvName('  Ærlig talt / é ')).toBe('rlig-talt-e.csv');
    expect(csvName('***')).toBe('widget.csv');
  });
});
