/** Hands `text` to the viewer as a file. */
export function download(name: string, text: string): void {
  // The mark makes spreadsheets read UTF-8.
  const url = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
