import Link from "next/link";

export default function NotFound() {
  return (
    <section>
      <h1>There is nothing here</h1>
      <p>
        <Link href="/">Back to the orders</Link>
      </p>
    </section>
  );
}
