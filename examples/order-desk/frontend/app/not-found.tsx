import Link from "next/link";
import { Notice } from "@/components/notice";

export default function NotFound() {
  return (
    <Notice title="There is nothing at this address">
      <p>The order may have moved, or the address has a typing error.</p>
      <Link className="button primary" href="/">
        Back to the orders
      </Link>
    </Notice>
  );
}
