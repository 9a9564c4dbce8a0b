/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the nephele command. */
int main(void)
{
    return 0;
}
