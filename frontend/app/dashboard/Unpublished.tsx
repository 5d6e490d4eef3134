import { PageBar } from '../shell/PageBar';
import { Message } from '../ui/Message';
import { DialogButton } from './owning/DialogButton';
import { useOwning } from './owning/useOwning';

/** A dashboard that its editors know and nobody else does. */
export function Unpublished({ id }: { readonly id: string }) {
  const { summary } = useOwning(id);
  const title = summary?.title ?? id;
  return (
    <>
      <title>{`${title} · Nowboard`}</title>
      <PageBar title={title} />
      <Message
        icon="clock"
        title="This dashboard is a draft"
        size="large"
        action={
          <>
            <DialogButton id={id} dialog="publish" text="Publish" whileDraft />
            <DialogButton id={id} dialog="text" text="Edit as text" />
          </>
        }
      >
        It shows numbers once it is published. Until then only its editors know of it.
      </Message>
    </>
  );
}
