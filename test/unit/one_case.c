/* With RINGOFF_TEST_CASE in the environment a test program runs only the cases whose name it is (a
 * pattern with * and ?): script/mutants wants to know of one case whether it is red. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs those before it. */
#include <cmocka.h>

__attribute__((constructor)) static void one_case(void) {
    const char *name = getenv("RINGOFF_TEST_CASE");
    if (name)
        cmocka_set_test_filter(name);
}
