import { useMemo, useState } from 'react';
import { type Change, kpiModel, summarize, type Target } from '../../charts/index';
import type { Widget } from '../../core/types';
import { Icon } from '../ui/Icon';
import { ChangeArrow } from './ChangeArrow';
import styles from './KpiWidget.module.css';
import { everyDigit } from './kpiNumber';
import { Spark } from './Spark';
import type { WidgetFrames } from './state';
import { type Size, useChartContext } from './useChartContext';

interface KpiWidgetProps {
  readonly widget: Widget;
  readonly frames: WidgetFrames;
}

function ChangeLine({ change }: { readonly change: Change }) {
  return (
    <p className={styles.change} title={`Before: ${change.before}`}>
      <span className={`${styles.difference} nb-number`} data-verdict={change.verdict}>
        <ChangeArrow direction={change.direction} />
        {change.text}
      </span>{' '}
      <span className={styles.words}>{change.words}</span>
    </p>
  );
}

function TargetBar({ target }: { readonly target: Target }) {
  return (
    <div className={styles.target} data-reached={target.reached || undefined} data-over={target.over || undefined}>
      <div className={styles.track}>
        <div className={styles.fill} style={{ width: `${target.share * 100}%` }} />
      </div>
      <span className={styles.goal}>
        {target.label} {target.text}
      </span>
      {target.over ? (
        <span className={styles.over}>
          <Icon name="warning" size={14} />
          <span className="nb-hidden">exceeded</span>
        </span>
      ) : null}
      {target.reached ? (
        <span className={styles.met}>
          <Icon name="check" size={14} />
          <span className="nb-hidden">met</span>
        </span>
      ) : null}
    </div>
  );
}

/** A big number, how it changed, how far it is, and how it got there. */
export function KpiWidget({ widget, frames }: KpiWidgetProps) {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const context = useChartContext(frames, size);
  const model = useMemo(() => kpiModel(widget, frames, context), [widget, frames, context]);
  if (model === null) return null;
  const digits = everyDigit(model);
  return (
    <div className={styles.root}>
      <div className={styles.frame}>
        <p className={styles.value} title={model.exact}>
          <span className={`${styles.number} nb-number`}>
            {model.approximate ? '≈' : ''}
            {digits === null ? null : <span className={styles.roomy}>{digits}</span>}
            <span className={digits === null ? undefined : styles.tight}>
              {model.number}
              {model.unit === '%' ? '%' : ''}
            </span>
          </span>
          {model.unit === '' || model.unit === '%' ? null : <span className={styles.unit}>{model.unit}</span>}
        </p>
        {model.change ? <ChangeLine change={model.change} /> : null}
        {model.target ? <TargetBar target={model.target} /> : null}
        {frames.parts['trend'] ? <Spark option={size.width > 0 ? model.trend : null} onSize={setSize} /> : null}
        <p className="nb-hidden">{summarize(widget, frames, context)}</p>
      </div>
    </div>
  );
}
