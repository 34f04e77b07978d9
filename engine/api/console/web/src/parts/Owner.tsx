import { Text, Tooltip } from "@mantine/core";

/** Who an ARN names, by its last part; all of it, and the access key, on hovering. */
export function Owner({ arn, accessKeyId }: { arn: string; accessKeyId: string }) {
  if (!arn && !accessKeyId) return <Text span c="dimmed">–</Text>;
  return (
    <Tooltip label={[arn, accessKeyId].filter(Boolean).join(" · ")}>
      <span>{arn.split(/[/:]/).at(-1) || accessKeyId}</span>
    </Tooltip>
  );
}
