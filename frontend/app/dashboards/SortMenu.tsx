import { Button, Menu } from '@mantine/core';
import { Icon } from '../ui/Icon';
import type { Order } from './search';

const WORDS: Readonly<Record<Order, string>> = { title: 'By name', changed: 'Last changed first' };
const ORDERS: readonly Order[] = ['title', 'changed'];

interface SortMenuProps {
  readonly order: Order;
  readonly onChoose: (order: Order) => void;
}

/** The order of the list. */
export function SortMenu({ order, onChoose }: SortMenuProps) {
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          rightSection={<Icon name="chevronDown" size={14} />}
          aria-label={`Order: ${WORDS[order]}`}
        >
          {WORDS[order]}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ORDERS.map((each) => (
          <Menu.Item
            key={each}
            onClick={() => onChoose(each)}
            rightSection={each === order ? <Icon name="check" size={16} /> : null}
          >
            {WORDS[each]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
