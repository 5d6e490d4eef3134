import { Modal } from '@mantine/core';
import type { Widget } from '../../core/types';
import { IconButton } from '../ui/IconButton';
import { WidgetCard } from './WidgetCard';
import styles from './Widgets.module.css';

interface FocusedWidgetProps {
  readonly widget: Widget;
  readonly onClose: () => void;
}

/** One widget over the whole screen; Escape leads back. */
export function FocusedWidget({ widget, onClose }: FocusedWidgetProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      fullScreen
      withCloseButton={false}
      padding={0}
      radius={0}
      attributes={{ content: { 'aria-label': widget.title || widget.kind } }}
    >
      <div className={styles.focused}>
        <WidgetCard widget={widget} focused />
        <div className={styles.leaveFocus}>
          <IconButton icon="close" label="Back to the dashboard" shortcut="Esc" onClick={onClose} data-autofocus />
        </div>
      </div>
    </Modal>
  );
}
