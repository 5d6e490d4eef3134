/** Screenshots of the page as people see it: light, dark, phone. `node dev/shoot.mjs <sign-in url> <folder> [paths…]` */
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [signIn, folder, ...only] = process.argv.slice(2);
const origin = new URL(signIn).origin;
const paths = only.length > 0 ? only : ['/', '/dashboards/kinds', '/dashboards/states', '/dashboards/bare'];
const VIEWS = [
  ['light', { width: 1440, height: 900 }, 'light', 1],
  ['dark', { width: 1440, height: 900 }, 'dark', 1],
  ['phone', { width: 390, height: 844 }, 'light', 2],
];
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
// A sign-in link works once: all views share its session.
const first = await browser.newContext();
const door = await first.newPage();
await door.goto(signIn);
await door.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
const storageState = await first.storageState();
await first.close();
for (const [name, viewport, colorScheme, deviceScaleFactor] of VIEWS) {
  const phone = name === 'phone';
  const context = await browser.newContext({
    viewport,
    colorScheme,
    deviceScaleFactor,
    hasTouch: phone,
    isMobile: phone,
    locale: 'en-GB',
    storageState,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) console.log(`${name} ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.log(`${name} fault: ${error.message}`));
  for (const path of paths) {
    await page.goto(origin + path);
    await page.waitForTimeout(4000);
    const slug = path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'home';
    await page.screenshot({ path: `${folder}/${slug}-${name}.png` });
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: viewport.width, height: Math.min(height, 6000) });
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${folder}/${slug}-${name}-full.png` });
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) console.log(`${name} ${path}: ${wide} px wider than the screen`);
  }
  await context.close();
}
await browser.close();
