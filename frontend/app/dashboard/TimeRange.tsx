import { Button, Popover } from '@mantine/core';
import { describeWindow } from '../../core/index';
import type { Window } from '../../core/types';
import { Icon } from '../ui/Icon';
import { useNow } from '../ui/useNow';
import { CustomRange } from './CustomRange';
import { useScene } from './context';
import { CALENDAR, SLIDING, sameWindow } from './presets';
import styles from './TimeRange.module.css';
import type { DashboardActions } from './useDashboardActions';
import type { ChangeView } from './useView';
import type { ViewState } from './view';
import { ZoneField } from './ZoneField';
import { zoneWords } from './zones';

interface PresetsProps {
  readonly title: string;
  readonly windows: readonly Window[];
  readonly chosen: Window;
  readonly onChoose: (window: Window) => void;
}

function Presets({ title, windows, chosen, onChoose }: PresetsProps) {
  const { formats } = useScene();
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      {windows.map((window) => {
        const label = describeWindow(window, formats);
        return (
          <button
            key={label}
            type="button"
            className={styles.preset}
            aria-pressed={sameWindow(window, chosen)}
            data-autofocus={sameWindow(window, chosen) || undefined}
            onClick={() => onChoose(window)}
          >
            {label}
          </button>
        );
      })}
    </fieldset>
  );
}

interface TimeRangeProps {
  readonly view: ViewState;
  readonly change: ChangeView;
  readonly opener: DashboardActions['timeRange'];
}

/** The time range that every widget without its own follows. */
export function TimeRange({ view, change, opener }: TimeRangeProps) {
  const { formats, window, zone: control } = useScene();
  const choose = (chosen: Window | null): void => {
    change({ window: chosen });
    opener.close();
  };
  const { zone } = control;
  const now = useNow(10_000);
  return (
    <Popover position="bottom-end" opened={opener.opened} onDismiss={opener.close} trapFocus returnFocus withRoles>
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={<Icon name="calendar" size={16} />}
          rightSection={<Icon name="chevronDown" size={14} />}
          onClick={opener.toggle}
          aria-label={`Time range: ${describeWindow(window, formats)}, times in ${zoneWords(zone)}`}
        >
          <span className={styles.label}>
            {describeWindow(window, formats)} <span className={styles.zone}>{formats.zoneName(now)}</span>
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.dropdown} aria-label="Time range">
        <div className={styles.presets}>
          <Presets title="Sliding" windows={SLIDING} chosen={window} onChoose={choose} />
          <Presets title="Calendar" windows={CALENDAR} chosen={window} onChoose={choose} />
        </div>
        <CustomRange key={zone} window={window} zone={zone} onChoose={choose} />
        <div className={styles.zones}>
          <ZoneField />
        </div>
        <footer className={styles.foot}>
          <span className="nb-number">
            It is {formats.time(Math.floor(now / 60_000) * 60_000)} in {zoneWords(zone)}
          </span>
          {view.window === null ? null : (
            <Button size="compact-sm" variant="subtle" onClick={() => choose(null)}>
              Dashboard default
            </Button>
          )}
        </footer>
      </Popover.Dropdown>
    </Popover>
  );
}
